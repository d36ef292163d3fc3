// SPDX-License-Identifier: Apache-2.0
import { language, t, useLanguage } from '../lib/i18n';

export function LanguageSwitch() {
  const other = language.value === 'vi' ? 'en' : 'vi';
  return (
    <button type="button" class="quiet" lang={other} aria-label={t('language.other')} onClick={() => useLanguage(other)}>
      <span class="long">{t('language.other')}</span>
      <span class="short">{other.toUpperCase()}</span>
    </button>
  );
}

// SPDX-License-Identifier: Apache-2.0
import { language, t, useLanguage } from '../lib/i18n';

export function LanguageSwitch() {
  const other = language.value === 'vi' ? 'en' : 'vi';
  return (
    <button type="button" class="quiet" lang={other} onClick={() => useLanguage(other)}>
      {t('language.other')}
    </button>
  );
}

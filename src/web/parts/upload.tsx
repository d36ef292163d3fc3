// SPDX-License-Identifier: Apache-2.0
import { size } from '../lib/format';
import { language, t } from '../lib/i18n';

/** Progress in words and as a bar, with the way out. */
export function UploadProgress({
  name,
  bytes,
  share,
  onCancel,
}: {
  name: string;
  bytes: number;
  share: number;
  onCancel: () => void;
}) {
  const percent = Math.round(share * 100);
  const text = share < 1 ? t('upload.sending', { percent }) : t('upload.checking');
  return (
    <div class="progress">
      <label for="upload-progress">
        {name} ({size(bytes, language.value)})
      </label>
      <progress id="upload-progress" max={100} value={share < 1 ? percent : undefined} />
      {/* Spoken by tens, so that a reader is not flooded. */}
      <span role="status" class="unseen">
        {share < 1 ? t('upload.sending', { percent: Math.floor(percent / 10) * 10 }) : text}
      </span>
      <span aria-hidden="true">{text}</span>
      <button type="button" onClick={onCancel}>
        {t('act.cancel')}
      </button>
    </div>
  );
}

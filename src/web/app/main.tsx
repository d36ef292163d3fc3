// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { resume } from '../api/session';
import { language, useLanguage } from '../lib/i18n';
import { startRouter } from './router';
import { App } from './shell';

useLanguage(language.value);
startRouter();
render(<App />, document.getElementById('app')!);
void resume();

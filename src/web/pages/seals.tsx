// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { agencies, personName, postsIn } from '../api/directory';
import { get, post } from '../api/http';
import { caller } from '../api/session';
import type { Page, Seal } from '../api/types';
import { date, time } from '../lib/format';
import { t } from '../lib/i18n';
import { fitting, lineage, routeAgencies } from '../lib/tree';
import { Dialog, NewPinFields, PinField, newPin } from '../parts/dialog';
import { useAct, useLoaded, usePageTitle } from '../parts/hooks';
import { AgencyName, PersonName } from '../parts/names';
import { ProblemBox } from '../parts/problem';
import { Tag } from '../parts/tag';

interface Clerk {
  id: string;
  name: string;
}

/** Who may be offered the seal: clerks of its agency who have no way to it yet. */
async function clerksFor(seal: Seal): Promise<Clerk[]> {
  const all = await agencies();
  const posts = await postsIn(routeAgencies(all, seal.agency, seal.agency));
  const clerks = new Set(fitting(posts, 'clerk', lineage(all, seal.agency)).map((one) => one.holder!));
  for (const one of seal.holders) if (!one.offeredUntil) clerks.delete(one.person);
  return Promise.all([...clerks].map(async (id) => ({ id, name: (await personName(id)) ?? id })));
}

type Question = { about: 'offer' | 'take-up' } | { about: 'withdraw'; person: string } | null;

function SealCard({ seal, reload }: { seal: Seal; reload: () => Promise<void> }) {
  const me = caller.value!.person;
  const mine = seal.holders.find((one) => one.person === me);
  const holding = mine && !mine.offeredUntil;
  const clerks = useLoaded(JSON.stringify(seal.holders), () => clerksFor(seal));
  const [question, ask] = useState<Question>(null);
  const [offer, setOffer] = useState<{ code: string; until: string; name: string } | null>(null);
  const [mismatch, setMismatch] = useState(false);
  const [done, setDone] = useState('');
  const act = useAct();
  const path = `/api/v1/seals/${seal.certificate}`;
  const close = () => {
    ask(null);
    act.clear();
  };
  const change = async (work: () => Promise<void>, text: string) => {
    const through = await act.run(work);
    if (!through) return;
    ask(null);
    setDone(text);
    await reload();
  };
  const send = (values: FormData) => {
    const person = String(values.get('person'));
    void change(async () => {
      const made = (await post<{ code: string; until: string }>(`${path}/offer`, { person, pin: values.get('pin') })).data;
      setOffer({ ...made, name: clerks.data?.find((one) => one.id === person)?.name ?? '' });
    }, '');
  };
  return (
    <section class="card" aria-labelledby={`seal-${seal.certificate}`}>
      <h2 id={`seal-${seal.certificate}`}>
        <AgencyName id={seal.agency} />
      </h2>
      <p class="small">{t('seal.until', { day: date(seal.notAfter) })}</p>
      <div role="status">{done && <p class="note good">{done}</p>}</div>
      {offer && (
        <p class="note warn">
          {t('seal.code', { name: offer.name, until: time(offer.until) })} <strong class="mono code">{offer.code}</strong>
        </p>
      )}
      <ul class="holders">
        {seal.holders.map((one) => (
          <li key={one.person}>
            <PersonName id={one.person} />{' '}
            {one.offeredUntil ? (
              <Tag tone="warn">{t('seal.offered', { until: time(one.offeredUntil) })}</Tag>
            ) : (
              <Tag tone={one.locked ? 'bad' : 'good'}>{t(one.locked ? 'seal.locked' : 'seal.holds')}</Tag>
            )}{' '}
            {holding && one.person !== me && (
              <button type="button" onClick={() => ask({ about: 'withdraw', person: one.person })}>
                {t('seal.withdraw')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <div class="buttons">
        {mine?.offeredUntil && (
          <button type="button" class="primary" onClick={() => ask({ about: 'take-up' })}>
            {t('seal.take-up')}
          </button>
        )}
        {holding && clerks.data && clerks.data.length > 0 && (
          <button type="button" onClick={() => ask({ about: 'offer' })}>
            {t('seal.offer')}
          </button>
        )}
      </div>
      {question?.about === 'offer' && (
        <Dialog title={t('seal.offer')} submit={t('seal.offer')} waiting={t('seal.offering')} act={act} onSubmit={send} onClose={close}>
          <p>{t('seal.offer-hint')}</p>
          <div class="field">
            <label for="person">{t('seal.clerk')}</label>
            <select id="person" name="person" required>
              {clerks.data?.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </div>
          <PinField label={t('issue.pin')} />
        </Dialog>
      )}
      {question?.about === 'take-up' && (
        <Dialog
          title={t('seal.take-up')}
          submit={t('seal.take-up')}
          waiting={t('seal.taking-up')}
          act={act}
          onSubmit={(values) => {
            const pin = newPin(values);
            setMismatch(!pin);
            if (pin) void change(async () => void (await post(`${path}/take-up`, { code: String(values.get('code')).trim(), pin })), t('seal.taken-up'));
          }}
          onClose={close}
        >
          <div class="field">
            <label for="code">{t('seal.code-given')}</label>
            <input id="code" name="code" autocomplete="off" required maxLength={20} />
          </div>
          <NewPinFields mismatch={mismatch} />
        </Dialog>
      )}
      {question?.about === 'withdraw' && (
        <Dialog
          title={t('seal.withdraw')}
          submit={t('seal.withdraw')}
          waiting={t('seal.withdrawing')}
          act={act}
          danger
          onSubmit={() =>
            void change(async () => void (await post(`${path}/withdraw`, { person: question.person })), t('seal.withdrawn'))
          }
          onClose={close}
        >
          <p>
            <PersonName id={question.person} />
          </p>
          <p>{t('seal.withdraw-hint')}</p>
        </Dialog>
      )}
    </section>
  );
}

/** The seals of the agencies one clerks for, and who may use each. */
export function SealsPage() {
  const heading = usePageTitle(t('nav.seals'));
  const seals = useLoaded('seals', async () => (await get<Page<Seal>>('/api/v1/seals')).data.items);
  return (
    <main id="main" class="narrow">
      <h1 ref={heading} tabIndex={-1}>
        {t('nav.seals')}
      </h1>
      <ProblemBox problem={seals.problem} retry={() => void seals.reload()} />
      {!seals.data && !seals.problem && <p role="status">{t('act.loading')}</p>}
      {seals.data?.length === 0 && <p class="empty">{t('seal.none')}</p>}
      {seals.data?.map((seal) => (
        <SealCard key={seal.certificate} seal={seal} reload={seals.reload} />
      ))}
    </main>
  );
}

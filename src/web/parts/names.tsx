// SPDX-License-Identifier: Apache-2.0
import { agencyName, personName } from '../api/directory';
import { useLoaded } from './hooks';

export function PersonName({ id }: { id: string }) {
  const name = useLoaded(id, () => personName(id));
  return <>{name.data ?? '…'}</>;
}

export function AgencyName({ id }: { id: string }) {
  const name = useLoaded(id, () => agencyName(id));
  return <>{name.data ?? '…'}</>;
}

import { own } from '../data/json.ts';
import type { Place } from './place.ts';
import { rawInnerScopes, rawStates, type Raw } from './raw-states.ts';

/** Reports labels of distributed Maps that another Map of the definition has too: they name what the Maps run. */
export function checkLabels(machine: Raw): void {
  const seen = new Set<string>();
  for (const { label, place } of labelsIn(machine)) {
    if (seen.has(label)) place.error(`Duplicate Label name: ${label}`, 'DUPLICATE_LABEL_NAME');
    seen.add(label);
  }
}

function labelsIn(scope: Raw): { readonly label: string; readonly place: Place }[] {
  return rawStates(scope).flatMap((state) => {
    const label = own(state.fields, 'Label');
    const inner = rawInnerScopes(state).flatMap(labelsIn);
    return typeof label === 'string' ? [{ label, place: state.place.at('Label') }, ...inner] : inner;
  });
}

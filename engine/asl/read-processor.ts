import { isObject, own } from '../data/json.ts';
import type { States } from './machine.ts';
import { readChoice, readWord } from './read-values.ts';
import { checkShape, readSection } from './section.ts';
import { processorConfigShape } from './shapes.ts';
import type { StateSource } from './state-source.ts';

interface Processor {
  /** Undefined when there is none, which is reported. */
  readonly processor: States | undefined;
  /** Undefined when it is another word, which is reported. */
  readonly mode: 'INLINE' | 'DISTRIBUTED' | undefined;
  readonly executionType: 'STANDARD' | 'EXPRESS';
}

/** A Map's `ItemProcessor`, or `Iterator` as it was called before, and how its `ProcessorConfig` has it run. */
export function readProcessor({ fields, place, rules, language }: StateSource): Processor {
  const field = own(fields, 'ItemProcessor') === undefined ? 'Iterator' : 'ItemProcessor';
  const value = own(fields, field);
  const at = place.at(field);
  const config = isObject(value) ? own(value, 'ProcessorConfig') : undefined;
  const section = config === undefined ? undefined : readSection(config, at.at('ProcessorConfig'));
  if (section !== undefined) checkShape(section, processorConfigShape, language);
  const given = section && own(section.fields, 'Mode') !== undefined;
  const mode = section !== undefined && given ? readWord(section, 'Mode', ['INLINE', 'DISTRIBUTED']) : 'INLINE';
  const executionType = section && readChoice(section, 'ExecutionType', ['STANDARD', 'EXPRESS']);
  if (mode === 'DISTRIBUTED' && section !== undefined) {
    if (own(section.fields, 'ExecutionType') === undefined)
      section.place.error('These fields are required: [ExecutionType]');
    if (rules.machineType === 'EXPRESS')
      section.place
        .at('Mode')
        .error("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines");
  }
  if (mode === 'INLINE' && section !== undefined && own(section.fields, 'ExecutionType') !== undefined)
    section.place.error("Field 'ExecutionType' is not supported");
  const isExpress = mode === 'DISTRIBUTED' && executionType === 'EXPRESS';
  const machineType = isExpress ? 'EXPRESS' : rules.machineType;
  return {
    processor: value === undefined ? undefined : rules.readStates(value, at, 'processor', machineType),
    mode,
    executionType: executionType ?? 'STANDARD',
  };
}

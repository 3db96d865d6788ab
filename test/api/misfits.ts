import { isObject } from '../../engine/data/json.ts';
import { type ServiceModel, shapeOf } from './service-model.ts';

/** Where an answer is not what the service model says: a member it does not have, one that is missing, another type. */
export function misfits(model: ServiceModel, name: string, value: unknown, path = ''): readonly string[] {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case 'structure': {
      if (!isObject(value)) return [`${path}: no structure`];
      const members = shape.members ?? {};
      return [
        ...(shape.required ?? []).filter((member) => !Object.hasOwn(value, member)).map((m) => `${path}.${m}: missing`),
        ...Object.entries(value).flatMap(([member, found]) => {
          const known = members[member];
          return known === undefined
            ? [`${path}.${member}: not in the model`]
            : misfits(model, known.shape, found, `${path}.${member}`);
        }),
      ];
    }
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item, i) => misfits(model, shape.member?.shape ?? '', item, `${path}[${i}]`))
        : [`${path}: no list`];
    case 'map':
      return isObject(value) ? [] : [`${path}: no map`];
    case 'string':
      if (typeof value !== 'string') return [`${path}: no text`];
      return shape.enum === undefined || shape.enum.includes(value) ? [] : [`${path}: ${value} is no ${name}`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: no boolean`];
    case 'timestamp':
      return typeof value === 'number' && value > 1e9 && value < 1e10 ? [] : [`${path}: no seconds since 1970`];
    case 'float':
    case 'double':
      return typeof value === 'number' ? [] : [`${path}: no number`];
    default:
      return Number.isInteger(value) ? [] : [`${path}: no ${shape.type}`];
  }
}

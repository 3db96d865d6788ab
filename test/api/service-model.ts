import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** AWS's own description of the API, as botocore ships it. */
export interface ServiceModel {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface Operation {
  readonly input: { readonly shape: string };
  readonly output?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
}

export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
}

/** The service model of Step Functions where Python has botocore; undefined elsewhere. */
export function findServiceModel(): ServiceModel | undefined {
  const asked = 'import botocore, os; print(os.path.dirname(botocore.__file__))';
  const { status, stdout } = spawnSync('python3', ['-c', asked], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const file = join(stdout.trim(), 'data/stepfunctions/2016-11-23/service-2.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ServiceModel;
  if (!existsSync(`${file}.gz`)) return undefined;
  return JSON.parse(gunzipSync(readFileSync(`${file}.gz`)).toString()) as ServiceModel;
}

export function shapeOf({ shapes }: ServiceModel, name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined) throw new Error(`the service model has no shape ${name}`);
  return shape;
}

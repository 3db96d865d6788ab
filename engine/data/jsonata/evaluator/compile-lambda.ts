import { allocate } from '../meter.ts';
import type { LambdaNode } from '../syntax.ts';
import { type Callable, callable, pending } from './callable.ts';
import { tokenOf } from './compile-call.ts';
import { compile } from './compile-node.ts';
import { type Code, newFrame } from './frame.ts';
import { compileSignature } from './signature.ts';
import { bindsHere, type Unit } from './unit.ts';

/** `function($a, $b){ … }`, and the calls in tail position inside one. */
export function compileLambda(node: LambdaNode, unit: Unit): Code {
  return node.thunk === true ? compileTailCall(node, unit) : compileFunction(node, unit);
}

function compileFunction(node: LambdaNode, unit: Unit): Code {
  const names = node.arguments.map((parameter) => parameter.value);
  const body = compile(node.body, unit);
  const signature = node.signature && compileSignature(node.signature.definition);
  const needsFrame = names.length > 0 || bindsHere(node.body);
  return (input, frame): Callable => {
    allocate(frame.run.meter, 128);
    return callable((args) => body(input, needsFrame ? newFrame(frame, names, [...args]) : frame), {
      arity: names.length,
      signature,
    });
  };
}

/** Leaves the call to `apply`, which makes it when the lambda around has returned. */
function compileTailCall({ body }: LambdaNode, unit: Unit): Code {
  if (body.type !== 'function') return compile(body, unit);
  const procedure = compile(body.procedure, unit);
  const args = body.arguments.map((arg) => compile(arg, unit));
  const token = body.procedure.type === 'variable' ? tokenOf(body.procedure) : undefined;
  return (input, frame) => {
    frame.run.tail = { procedure, args, token, input, frame };
    return pending;
  };
}

import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  apiUnderTest,
  calling,
  executionArn,
  logGroupArn,
  machineArn,
  passing,
  roleArn,
} from '../../test/support/api-under-test.ts';
import { functionArn } from '../../test/support/run-machine.ts';

describe('state machine operations', () => {
  let api: ApiUnderTest['operations'];
  let tested: ApiUnderTest;
  beforeEach(() => {
    tested = apiUnderTest();
    api = tested.operations;
  });

  const create = (name: string, more: object = {}) =>
    api.CreateStateMachine({ name, definition: passing, roleArn, ...more });
  const describeMachine = (name: string) => api.DescribeStateMachine({ stateMachineArn: machineArn(name) });

  describe('CreateStateMachine', () => {
    it('gives the ARN and the instant in seconds', async () => {
      tested.clock.advance(123);
      expect(await create('deploy')).toEqual({ stateMachineArn: machineArn('deploy'), creationDate: 1767225600.123 });
      expect(await describeMachine('deploy')).toEqual({
        stateMachineArn: machineArn('deploy'),
        name: 'deploy',
        status: 'ACTIVE',
        type: 'STANDARD',
        definition: passing,
        roleArn,
        creationDate: 1767225600.123,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        tracingConfiguration: { enabled: false },
        encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      });
    });

    it('gives the same machine when it is repeated, whatever the role', async () => {
      const first = await create('deploy');
      tested.clock.advance(1000);
      expect(await create('deploy', { roleArn: `${roleArn}-2` })).toEqual(first);
    });

    it('refuses another definition under a taken name, also one that differs in spaces only', async () => {
      await create('deploy');
      await expect(create('deploy', { definition: `${passing} ` })).rejects.toMatchObject({
        code: 'StateMachineAlreadyExists',
        message: `State Machine Already Exists: '${machineArn('deploy')}'`,
      });
    });

    it('lets one of two different machines have a name that both ask for at the same moment', async () => {
      const answers = await Promise.allSettled([create('deploy'), create('deploy', { definition: calling })]);
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    });

    it('refuses a definition with every problem in it', async () => {
      await expect(create('deploy', { definition: '{"StartAt":"A"}' })).rejects.toMatchObject({
        code: 'InvalidDefinition',
        message:
          "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'",
      });
    });

    it('refuses functions this host does not have, wherever they stand', async () => {
      const task = { Type: 'Task', Resource: functionArn('none'), End: true };
      const inner = { StartAt: 'Inner', States: { Inner: task } };
      const definition = JSON.stringify({
        StartAt: 'Both',
        States: {
          Both: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'Each', States: { Each: { Type: 'Map', ItemProcessor: inner, End: true } } }],
            End: true,
          },
        },
      });
      const problem = `The function ${functionArn('none')} is not one of this host's functions`;
      await expect(create('deploy', { definition })).rejects.toMatchObject({
        code: 'InvalidDefinition',
        message: `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${problem} at /States/Both/Branches[0]/States/Each/ItemProcessor/States/Inner/Resource'`,
      });
    });

    it.each([
      'deploy it',
      'a<b',
      'a{b',
      'a?b',
      'a"b',
      'a#b',
      'a/b',
      'a:b',
      'a\u0000',
      'a\u007f',
      'a$b',
      'a~b',
      '\ud800',
    ])('refuses the name %j', async (name) => {
      await expect(create(name)).rejects.toMatchObject({ code: 'InvalidName', message: `Invalid Name: '${name}'` });
    });

    it.each(['a.b', 'a-b_c', 'a!b', "a'b", 'a(b)', 'a+b=c@d', 'é'])('takes the name %j', async (name) => {
      expect(await create(name)).toMatchObject({ stateMachineArn: machineArn(name) });
    });

    it('refuses a request that breaks limits, naming each', async () => {
      const name = 'a'.repeat(81);
      await expect(api.CreateStateMachine({ name, roleArn, type: 'FAST' })).rejects.toMatchObject({
        code: 'ValidationException',
        message:
          `3 validation errors detected: Value '${name}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80; ` +
          "Value at 'definition' failed to satisfy constraint: Member must not be null; " +
          "Value 'FAST' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]",
      });
    });

    it.each([
      [{ roleArn: 'role' }, 'InvalidArn', "Invalid Arn: 'Invalid ARN prefix: role'"],
      [{ versionDescription: 'x' }, 'ValidationException', 'Version description can only be set when publish is true'],
      [
        { loggingConfiguration: { level: 'ALL' } },
        'InvalidLoggingConfiguration',
        'Invalid Logging Configuration: Must specify exactly one Log Destination.',
      ],
      [
        { loggingConfiguration: { level: 'ALL', destinations: [logTo('a'), logTo('b')] } },
        'InvalidLoggingConfiguration',
        'Invalid Logging Configuration: Must specify exactly one Log Destination.',
      ],
      [
        { loggingConfiguration: { level: 'ALL', destinations: [{}] } },
        'InvalidLoggingConfiguration',
        'Invalid Logging Configuration: Log Destination not found.',
      ],
      [
        { loggingConfiguration: { level: 'ALL', destinations: [logTo('none')] } },
        'InvalidLoggingConfiguration',
        'Invalid Logging Configuration: Log Destination not found.',
      ],
      [
        { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY' } },
        'InvalidEncryptionConfiguration',
        /AWS_OWNED_KEY/,
      ],
    ])('refuses %o', async (more, code, message) => {
      await expect(create('deploy', more)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    });

    it('keeps logging and tracing, and shows them', async () => {
      const loggingConfiguration = { level: 'ALL', includeExecutionData: true, destinations: [logTo('group')] };
      await create('deploy', { loggingConfiguration, tracingConfiguration: { enabled: true } });
      expect(await describeMachine('deploy')).toMatchObject({
        loggingConfiguration,
        tracingConfiguration: { enabled: true },
      });
      await expect(create('deploy')).rejects.toMatchObject({ code: 'StateMachineAlreadyExists' });

      await api.UpdateStateMachine({ stateMachineArn: machineArn('deploy'), tracingConfiguration: {} });
      expect(await describeMachine('deploy')).toMatchObject({
        loggingConfiguration,
        tracingConfiguration: { enabled: false },
        revisionId: expect.any(String),
      });
    });

    it.each([
      [{}, {}],
      [{ destinations: [] }, { destinations: [] }],
    ])('completes the logging configuration %j', async (loggingConfiguration, shown) => {
      await create('deploy', { loggingConfiguration });
      expect(await describeMachine('deploy')).toMatchObject({
        loggingConfiguration: { level: 'OFF', includeExecutionData: false, ...shown },
      });
    });

    it('takes members that ask for nothing', async () => {
      const more = {
        publish: false,
        tags: [],
        loggingConfiguration: { level: 'OFF' },
        tracingConfiguration: { enabled: false },
        unknown: 1,
      };
      await expect(create('deploy', more)).resolves.toBeDefined();
    });
  });

  describe('UpdateStateMachine', () => {
    const update = (more: object) => api.UpdateStateMachine({ stateMachineArn: machineArn('deploy'), ...more });

    it('makes a revision, and none when nothing changes', async () => {
      await create('deploy');
      expect(await update({ definition: passing, roleArn })).toEqual({ updateDate: 1767225600 });

      tested.clock.advance(1000);
      const changed = await update({ definition: calling });
      expect(changed).toEqual({ updateDate: 1767225601, revisionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      expect(await describeMachine('deploy')).toMatchObject({
        definition: calling,
        creationDate: 1767225600,
        revisionId: changed.revisionId,
      });

      tested.clock.advance(1000);
      expect(await update({ definition: calling })).toEqual({ ...changed, updateDate: 1767225602 });
    });

    it('leaves running executions the revision they started with', async () => {
      await create('deploy', { definition: calling });
      await api.StartExecution({ stateMachineArn: machineArn('deploy'), name: 'old' });
      tested.clock.advance(5000);
      await update({ definition: passing });
      await api.StartExecution({ stateMachineArn: machineArn('deploy'), name: 'new' });

      const shown = (name: string) =>
        api.DescribeStateMachineForExecution({ executionArn: executionArn('deploy', name) });
      expect(await shown('old')).toMatchObject({ definition: calling, updateDate: 1767225600 });
      expect(await shown('new')).toMatchObject({ definition: passing, updateDate: 1767225605 });
    });

    it('refuses an update of nothing, of a machine that is not there, and to a broken definition', async () => {
      await expect(update({ roleArn })).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
      await create('deploy');
      await expect(update({})).rejects.toMatchObject({
        code: 'MissingRequiredParameter',
        message:
          'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      });
      await expect(update({ definition: '{}' })).rejects.toMatchObject({ code: 'InvalidDefinition' });
    });
  });

  describe('DeleteStateMachine', () => {
    it('removes the machine and lets its executions end', async () => {
      await create('deploy', { definition: calling });
      const { executionArn: execution } = await api.StartExecution({
        stateMachineArn: machineArn('deploy'),
        name: '1',
      });
      expect(await api.DeleteStateMachine({ stateMachineArn: machineArn('deploy') })).toEqual({});

      await expect(describeMachine('deploy')).rejects.toMatchObject({
        code: 'StateMachineDoesNotExist',
        message: `State Machine Does Not Exist: '${machineArn('deploy')}'`,
      });
      tested.dispatcher.succeed(tested.dispatcher.open()[0] ?? '', 'verified');
      await tested.runner.settled();
      expect(await api.DescribeExecution({ executionArn: execution })).toMatchObject({
        status: 'SUCCEEDED',
        output: '"verified"',
      });
      expect(await api.DescribeStateMachineForExecution({ executionArn: execution })).toMatchObject({
        definition: calling,
      });
    });

    it('takes a machine that is not there', async () => {
      expect(await api.DeleteStateMachine({ stateMachineArn: machineArn('none') })).toEqual({});
    });
  });

  it.each([
    ['deploy', 'Invalid ARN prefix: deploy'],
    [executionArn('deploy', '1'), 'Resource type not valid in this context: execution'],
    ['arn:aws:s3:us-east-1:000000000000:stateMachine:x', 'Service name not valid in this context: s3'],
    [
      'arn:aws:states:us-east-1:000000000000:stateMachine:',
      'Resource name is missing: arn:aws:states:us-east-1:000000000000:stateMachine:',
    ],
  ])('refuses %s for a state machine’s ARN', async (stateMachineArn, problem) => {
    await expect(api.DescribeStateMachine({ stateMachineArn })).rejects.toMatchObject({
      code: 'InvalidArn',
      message: `Invalid Arn: '${problem}'`,
    });
  });

  it.each(['DescribeStateMachine', 'DeleteStateMachine', 'UpdateStateMachine', 'StartExecution'] as const)(
    '%s refuses the ARN of a distributed Map inside a machine',
    async (operation) => {
      const stateMachineArn = `${machineArn('deploy')}/Map`;
      await expect(api[operation]({ stateMachineArn, definition: passing })).rejects.toMatchObject({
        code: 'ValidationException',
        members: { reason: 'API_DOES_NOT_SUPPORT_LABELED_ARNS' },
      });
    },
  );

  it('finds no versions and no aliases', async () => {
    await create('deploy');
    await expect(describeMachine('deploy:1')).rejects.toMatchObject({
      message: `State Machine Does Not Exist: '${machineArn('deploy:1')}'`,
    });
  });

  describe('ListStateMachines', () => {
    it('lists by name, page by page', async () => {
      for (const name of ['c', 'a', 'b']) await create(name);
      const first = await api.ListStateMachines({ maxResults: 2 });
      expect(first.stateMachines.map(({ name }) => name)).toEqual(['a', 'b']);
      expect(first.stateMachines[0]).toEqual({
        stateMachineArn: machineArn('a'),
        name: 'a',
        type: 'STANDARD',
        creationDate: 1767225600,
      });

      const second = await api.ListStateMachines({ maxResults: 2, nextToken: first.nextToken });
      expect(second).toEqual({ stateMachines: [expect.objectContaining({ name: 'c' })] });
      expect((await api.ListStateMachines({ maxResults: 0 })).stateMachines).toHaveLength(3);
    });

    it('refuses tokens of its own no page, and limits that are none', async () => {
      await expect(api.ListStateMachines({ nextToken: 'x' })).rejects.toMatchObject({
        code: 'InvalidToken',
        message: "Invalid Token: 'Invalid token'",
      });
      await expect(api.ListStateMachines({ maxResults: 1001 })).rejects.toMatchObject({
        message:
          "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
      });
      await expect(api.ListStateMachines({ maxResults: 'many' })).rejects.toMatchObject({
        code: 'SerializationException',
      });
    });
  });

  describe('ValidateStateMachineDefinition', () => {
    const validate = (definition: string, more: object = {}) =>
      api.ValidateStateMachineDefinition({ definition, ...more });

    it('answers OK for a definition that can run', async () => {
      expect(await validate(passing)).toEqual({ result: 'OK', diagnostics: [], truncated: false });
    });

    it('answers FAIL with what is wrong and where', async () => {
      expect(await validate('{"States":{"A":{"Type":"Pass","End":true}}}')).toEqual({
        result: 'FAIL',
        diagnostics: [
          {
            severity: 'ERROR',
            code: 'SCHEMA_VALIDATION_FAILED',
            message: 'These fields are required: [StartAt]',
            location: '/',
          },
        ],
        truncated: false,
      });
    });

    it('gives no more than asked for, and says that there are more', async () => {
      const two = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Wait', End: true }, B: { Type: 'Nap' } } });
      const { diagnostics, truncated } = await validate(two, { maxResults: 1 });
      expect(diagnostics).toHaveLength(1);
      expect(truncated).toBe(true);
    });
  });
});

const logTo = (name: string) => ({
  cloudWatchLogsLogGroup: { logGroupArn: logGroupArn(name) },
});

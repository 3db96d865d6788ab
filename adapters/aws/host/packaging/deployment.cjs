// What serverless.yml asks for as `${file(…)}`, which can name no TypeScript file.
module.exports = async ({ resolveVariable }) => {
  const { deployment } = await import('./deployment.ts');
  const asked = {
    stage: await resolveVariable('sls:stage'),
    configuration: await resolveVariable('param:configuration'),
  };
  try {
    return deployment(asked);
  } catch (thrown) {
    // The stack is what osls shows; of a configuration that cannot be used, the sentence is enough.
    if (thrown.name === 'Pointsman.NotConfigured') thrown.stack = thrown.message;
    throw thrown;
  }
};

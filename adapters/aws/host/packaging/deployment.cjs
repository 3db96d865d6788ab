// What serverless.yml asks for as `${file(…)}`, which can name no TypeScript file.
module.exports = async ({ resolveVariable }) => {
  const { deployment } = await import('./deployment.ts');
  return deployment({
    stage: await resolveVariable('sls:stage'),
    configuration: await resolveVariable('param:configuration'),
  });
};

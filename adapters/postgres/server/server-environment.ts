/** Of the environment only what a server needs: it outlives this process and needs none of its secrets. */
export const serverEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' });

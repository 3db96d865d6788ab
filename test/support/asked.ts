/** The answer of a long call, asked again as a workflow's Retry does until it resolves. */
export async function asked<T>(call: () => Promise<T>): Promise<T> {
  for (let calls = 1; ; calls++)
    try {
      return await call();
    } catch (thrown) {
      const isWorking = thrown instanceof Error && thrown.name === 'Pointsman.StillWorking';
      if (!isWorking || calls === 200) throw thrown;
    }
}

export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
export const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await turn();
};

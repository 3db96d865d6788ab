/** Cases that cannot pass, by id, each with a reason we would defend. */
export const exceptions: Readonly<Record<string, string>> = {};

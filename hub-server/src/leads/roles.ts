/** Placeholder until the role list moves here. */
export const isRoleAddress = (email: string): boolean => /^(info|sales|contact|office|hello|support|admin|team|mail)@/.test(email)

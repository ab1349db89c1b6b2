import { z } from 'zod';

const assignmentSchema = z.object({
  principalId: z.string(),
  /** `/`, a subscription, a resource group or a resource. */
  scope: z.string(),
  /** Actions with `*` as wildcard, as in a role definition. */
  actions: z.array(z.string()),
  notActions: z.array(z.string()),
  /** From when it acts, since a new one takes minutes to spread; absent: from the beginning. */
  from: z.number().optional(),
});

/** A deny assignment: it outweighs every role, and the permissions API does not show it. */
const denialSchema = z.object({
  name: z.string(),
  principalId: z.string(),
  scope: z.string(),
  actions: z.array(z.string()),
});

const lockSchema = z.object({
  scope: z.string(),
  name: z.string(),
  level: z.enum(['CanNotDelete', 'ReadOnly']),
  notes: z.string().optional(),
});

/** An assigned Azure Policy that denies writes of one resource type, or of those that lack a tag. */
const policySchema = z.object({
  name: z.string(),
  /** A subscription, a resource group, or a management group (`/providers/Microsoft.Management/managementGroups/…`), above all. */
  scope: z.string(),
  resourceType: z.string(),
  unlessTag: z.string().optional(),
  /** Effect `modify` instead of `deny`: each write of the resource, or of its tags, writes these too. */
  setsTags: z.record(z.string(), z.string()).optional(),
});

/** A number of calls that refills with time. */
const budgetSchema = z.object({
  size: z.number().int().nonnegative(),
  /** Calls given back each second; absent: all at once when the window ends. */
  perSecond: z.number().positive().optional(),
  windowMs: z.number().positive().optional(),
  /** Whether the refusal says when to come back. */
  retryAfter: z.boolean(),
  /** Of private DNS. `falling`: the header counts each call. Default: it stays near the size, as recorded. */
  header: z.enum(['recorded', 'falling']).optional(),
});

const budgetNames = ['reads', 'writes', 'deletes', 'privateDnsReads', 'privateDnsWrites'] as const;
export type BudgetName = (typeof budgetNames)[number];

export const accessSchema = z.object({
  assignments: z.array(assignmentSchema),
  denials: z.array(denialSchema),
  /** By lower-case lock ID. */
  locks: z.record(z.string(), lockSchema),
  policies: z.array(policySchema),
  /** Those set by hand; the rest is in access/throttle.ts. */
  budgets: z.partialRecord(z.enum(budgetNames), budgetSchema),
});

export type Assignment = z.infer<typeof assignmentSchema>;
export type Denial = z.infer<typeof denialSchema>;
export type Lock = z.infer<typeof lockSchema>;
export type Policy = z.infer<typeof policySchema>;
export type Budget = z.infer<typeof budgetSchema>;

/** The phases of connect, in the order in which they begin; the words of the guide's chapters. */
export const phaseNames = [
  'preflight',
  'authorize-subscription',
  'create-endpoint',
  'register-endpoint',
  'await-allocation',
  'configure-dns',
  'verify',
  'public-access',
] as const;

export type PhaseName = (typeof phaseNames)[number];

interface PhaseFacts {
  readonly guideStep: string;
  /** How long it usually takes, in seconds: for the estimate of progress only. */
  readonly expectedSeconds: number;
}

/** Where each phase stands in the guide, and how long it is expected to take. */
export const phases: Readonly<Record<PhaseName, PhaseFacts>> = {
  preflight: { guideStep: 'Before you start; Step 1', expectedSeconds: 5 },
  'authorize-subscription': { guideStep: 'Step 2: Establish an endpoint service', expectedSeconds: 20 },
  'create-endpoint': { guideStep: 'Step 3: Create an endpoint', expectedSeconds: 90 },
  'register-endpoint': { guideStep: 'Step 4: Authorize your endpoint', expectedSeconds: 5 },
  'await-allocation': { guideStep: 'Obtain a private link', expectedSeconds: 300 },
  'configure-dns': { guideStep: 'Set up DNS', expectedSeconds: 45 },
  verify: { guideStep: 'none (the proof)', expectedSeconds: 15 },
  'public-access': { guideStep: 'Manage internet access to your clusters', expectedSeconds: 3 },
};

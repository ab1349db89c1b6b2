/** The phases of connect, in the order in which they begin. They follow the chapters of the guide. */
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

/** The phases of disconnect, and of undo, which has the same steps. */
export const removalPhaseNames = [
  'take-stock',
  'remove-links',
  'remove-records',
  'remove-zones',
  'unregister-endpoint',
  'delete-endpoint',
  'check-removal',
] as const;

export const allPhaseNames = [...phaseNames, ...removalPhaseNames] as const;

export type PhaseName = (typeof allPhaseNames)[number];

interface PhaseFacts {
  readonly guideStep: string;
  /** The usual duration in seconds, used only to estimate the progress. */
  readonly expectedSeconds: number;
}

const NO_WAY_BACK = 'none (the guide has no way back)';

/** The step of the guide and the expected duration of each phase. */
export const phases: Readonly<Record<PhaseName, PhaseFacts>> = {
  preflight: { guideStep: 'Before you start; Step 1', expectedSeconds: 5 },
  'authorize-subscription': { guideStep: 'Step 2: Establish an endpoint service', expectedSeconds: 20 },
  'create-endpoint': { guideStep: 'Step 3: Create an endpoint', expectedSeconds: 90 },
  'register-endpoint': { guideStep: 'Step 4: Authorize your endpoint', expectedSeconds: 5 },
  'await-allocation': { guideStep: 'Obtain a private link', expectedSeconds: 300 },
  'configure-dns': { guideStep: 'Set up DNS', expectedSeconds: 45 },
  verify: { guideStep: 'The proof, beyond the guide', expectedSeconds: 15 },
  'public-access': { guideStep: 'Manage internet access to your clusters', expectedSeconds: 3 },
  'take-stock': { guideStep: NO_WAY_BACK, expectedSeconds: 5 },
  'remove-links': { guideStep: NO_WAY_BACK, expectedSeconds: 30 },
  'remove-records': { guideStep: NO_WAY_BACK, expectedSeconds: 3 },
  'remove-zones': { guideStep: NO_WAY_BACK, expectedSeconds: 30 },
  'unregister-endpoint': { guideStep: NO_WAY_BACK, expectedSeconds: 3 },
  'delete-endpoint': { guideStep: NO_WAY_BACK, expectedSeconds: 60 },
  'check-removal': { guideStep: NO_WAY_BACK, expectedSeconds: 35 },
};

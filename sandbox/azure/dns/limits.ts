/** Microsoft's limits of Azure Private DNS (reference: "DNS zones limits"). */
export const limits = {
  zonesPerSubscription: 1000,
  recordSetsPerZone: 25_000,
  recordsPerRecordSet: 20,
  linksPerZone: 1000,
  registrationLinksPerZone: 100,
} as const;

/**
 * What Azure asks for the resources of a connection: list prices in US dollars, pay as you go, as published in August 2025.
 * Prices vary by region, currency and agreement; correct them here, in one place.
 */
export const prices = {
  asOf: '2025-08',
  currency: 'USD',
  hoursPerMonth: 730,
  privateEndpointPerHour: 0.01,
  /** In each direction. */
  privateEndpointPerGigabyte: 0.01,
  privateDnsZonePerMonth: 0.5,
  privateDnsPerMillionQueries: 0.4,
} as const;

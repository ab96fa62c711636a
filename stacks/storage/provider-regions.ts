// The storage stack works with two providers, and each has a Region of its own: keys, embedding buckets and the ARNs in
// policies are those of `aws`, vector buckets and indexes lie where `aws-native` is.

/** The Regions of both providers, as far as they are known. */
export interface ProviderRegions {
  readonly aws?: string | undefined;
  readonly awsNative?: string | undefined;
}

/** Every reason why a stack cannot be deployed with these Regions; empty when it can. */
export function providerRegionProblems({ aws, awsNative }: ProviderRegions): string[] {
  return aws === undefined || awsNative === undefined || aws === awsNative
    ? []
    : [
        `the provider aws-native is in ${awsNative} and the provider aws in ${aws}: vector buckets would lie in one ` +
          'Region, and policies and keys name the other; set aws:region and aws-native:region to the same.',
      ];
}

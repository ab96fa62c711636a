// What stands at the end of `npm start`: what runs where, and what to type next.
import type { Cloud } from '../cloud';

export interface Deployed {
  readonly vectorBucketName: string;
  readonly indexName: string;
  readonly functionName: string;
}

/** Lines of at most 80 columns, but for paths and URLs that a machine makes longer. */
export function closingWords(cloud: Cloud, deployed: Deployed): string {
  const { ministack, s3vectors } = cloud.services;
  return [
    'What runs where',
    `  S3 Vectors, Bedrock, Cloud Control   ${s3vectors.url}  (pid ${s3vectors.pid})`,
    `  S3, IAM, KMS, Lambda, STS            ${ministack.url}  (pid ${ministack.pid})`,
    `  Lambda function                      ${deployed.functionName}`,
    `  index                                ${deployed.vectorBucketName}/${deployed.indexName}`,
    '',
    'What to type next',
    '  npm start -- --ask "your question"           ask something else',
    '  npm start -- --corpus ~/notes                store your own folder',
    '  npm run local -- pulumi -- stack output      the Pulumi CLI on these stacks',
    '  npm run local -- env                         point any AWS client at them',
    '  npm run local -- status                      what runs',
    '  npm run local -- down                        stop; everything is kept',
    '  npm run local -- reset                       delete everything, after asking',
  ].join('\n');
}

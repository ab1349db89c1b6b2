/** How the product names itself to Azure and Zilliz, so that their support can find its calls. */
export const USER_AGENT = 'private-link-for-zilliz-cloud';

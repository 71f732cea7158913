export { type PriceFile, priceFileSchema } from './price-file.js';
export { createPricing, type Pricing } from './pricing.js';

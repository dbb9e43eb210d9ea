/** Catalog zones (RFC 9432) in control: what they bring is made, kept for a while when it leaves, and shown. */
export { CatalogBook } from "./book.ts";
export { CatalogKeeper } from "./keeper.ts";
export { CatalogProducer } from "./producer.ts";
export { makeCatalogService } from "./service.ts";

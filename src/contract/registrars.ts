/**
 * What registrars' forms for DNSSEC ask for: a data file that the command line and the dashboard share. `verified` says that the
 * fields are stated by the provider itself or by a service that sends its customers there; all others are from general
 * knowledge, and whoever shows them says so. Links lead to the registrars' own pages.
 */

/**
 * `ds`: key tag, algorithm, digest type, digest. `dnskey`: flags, algorithm, public key; the registry makes the DS.
 * `dnskey-tag`: those and the key tag. `tag-digest`: key tag and digest alone. `line`: a whole record in one field.
 * `by-tld`: depends on the top-level domain. `unknown`: nobody told us.
 */
export const REGISTRAR_FORMS = ["ds", "dnskey", "dnskey-tag", "tag-digest", "line", "by-tld", "unknown"] as const;
export type RegistrarForm = (typeof REGISTRAR_FORMS)[number];

export type Registrar = {
  /** Stable, for links and the command line. */
  readonly id: string;
  readonly name: string;
  readonly link: string;
  readonly form: RegistrarForm;
  readonly verified: boolean;
  readonly note?: string;
};

const HELP = {
  dnsimple: "https://support.dnsimple.com/articles/cloudflare-ds-record/",
  enom: "https://support.enom.com/support/solutions/articles/201000065386",
  hostinger: "https://www.hostinger.com/support/3667267-how-to-use-dnssec-records-at-hostinger/",
  inmotion: "https://www.inmotionhosting.com/support/edu/cpanel/enable-dnssec-cloudflare/",
  namecheap:
    "https://www.namecheap.com/support/knowledgebase/article.aspx/9722/2232/managing-dnssec-for-domains-pointed-to-custom-dns/",
  ovh: "https://help.ovhcloud.com/csm/en-dns-secure-domain-dnssec?id=kb_article_view&sysparm_article=KB0051637",
  squarespace:
    "https://support.squarespace.com/hc/articles/4404183898125-Nameservers-and-DNSSEC-for-Squarespace-managed-domains#toc-dnssec",
  transip: "https://www.transip.eu/knowledgebase/150-secure-domains-custom-nameservers-dnssec/",
} as const;

function registrar(
  id: string,
  name: string,
  link: string,
  form: RegistrarForm,
  more: { readonly verified?: boolean; readonly note?: string } = {},
): Registrar {
  return { id, name, link, form, verified: more.verified ?? false, ...(more.note ? { note: more.note } : {}) };
}

/** By name. */
export const REGISTRARS: readonly Registrar[] = [
  registrar("dnsimple", "DNSimple", HELP.dnsimple, "ds"),
  registrar(
    "domaindiscount24",
    "Domaindiscount24",
    "https://support.domaindiscount24.com/hc/articles/4409759478161",
    "dnskey",
  ),
  registrar("dreamhost", "DreamHost", "https://help.dreamhost.com/hc/en-us/articles/219539467", "ds"),
  registrar("dynadot", "Dynadot", "https://www.dynadot.com/help/question/set-DNSSEC", "ds"),
  registrar("enom", "Enom", HELP.enom, "ds"),
  registrar("gandi", "Gandi", "https://docs.gandi.net/en/domain_names/advanced_users/dnssec.html", "dnskey", {
    note: "Its flag menu says KSK or ZSK: choose KSK (257).",
  }),
  registrar("godaddy", "GoDaddy", "https://www.godaddy.com/help/add-a-ds-record-23865", "ds"),
  registrar("hostinger", "Hostinger", HELP.hostinger, "ds"),
  registrar("hover", "Hover", "https://support.hover.com/support/solutions/articles/201000064716", "ds"),
  registrar("infomaniak", "Infomaniak", "https://faq.infomaniak.com/2187", "ds"),
  registrar("inmotion", "InMotion Hosting", HELP.inmotion, "ds"),
  registrar("inwx", "INWX", "https://kb.inwx.com/en-us/3-nameserver/131", "line", {
    note: "Takes a whole DS or DNSKEY line.",
  }),
  registrar("joker", "Joker.com", "https://joker.com/faq/books/jokercom-faq-en/page/dnssec", "by-tld", {
    note: "DS; for some top-level domains the DNSKEY.",
  }),
  registrar("name-com", "Name.com", "https://www.name.com/support/articles/205439058-managing-dnssec", "ds"),
  registrar("namecheap", "Namecheap", HELP.namecheap, "ds"),
  registrar("nameisp", "NameISP", "https://support.nameisp.com/knowledgebase/dns", "unknown"),
  registrar("namesilo", "Namesilo", "https://www.namesilo.com/support/v2/articles/domain-manager/ds-records", "ds"),
  registrar("nic-cl", "Nic.cl", "https://www.nic.cl/ayuda/dnssec/ingreso-ds-en.html", "ds"),
  registrar("openprovider", "Openprovider", "https://support.openprovider.eu/hc/articles/360010899380", "dnskey", {
    verified: true,
    note: "Key type is the flags (257); the protocol is filled in.",
  }),
  registrar("ovh", "OVH", HELP.ovh, "dnskey-tag"),
  registrar("porkbun", "Porkbun", "https://kb.porkbun.com/article/93-how-to-install-dnssec", "ds", {
    verified: true,
    note: "Fill in the DS fields alone: leave the fields of keyData empty.",
  }),
  registrar("registro-br", "Registro.br", "https://registro.br/tecnologia/dnssec/?secao=tutoriais-dns", "tag-digest"),
  registrar("reseller", "A reseller, by top-level domain", "https://support.netearthgroup.com/", "by-tld", {
    verified: true,
    note: ".com, .net, .us and .uk take the DS; .org may ask for a maximum signature life, which can stay empty; .eu also wants flags, protocol and public key.",
  }),
  registrar("squarespace", "Squarespace", HELP.squarespace, "ds"),
  registrar("transip", "TransIP", HELP.transip, "dnskey-tag"),
];

export function findRegistrar(text: string): Registrar | undefined {
  const wanted = text.toLowerCase();
  return REGISTRARS.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
}

/** What each form asks for, in the words of the forms. */
export const FORM_WORDS: Readonly<Record<RegistrarForm, string>> = {
  ds: "DS record: key tag, algorithm, digest type, digest",
  dnskey: "DNSKEY record (key data): flags, protocol, algorithm, public key",
  "dnskey-tag": "DNSKEY record (key data) with its key tag",
  "tag-digest": "Key tag and digest",
  line: "A whole record in one line",
  "by-tld": "Depends on the top-level domain",
  unknown: "Not known: look which fields its form has",
};

/** IANA "DNS Security Algorithm Numbers": what a validating resolver of today may meet, with the names that menus show. */
export const ALGORITHM_NAMES: Readonly<Record<string, readonly string[]>> = {
  5: ["RSA/SHA-1", "RSASHA1"],
  7: ["RSA/SHA-1 with NSEC3", "RSASHA1-NSEC3-SHA1"],
  8: ["RSA/SHA-256", "RSASHA256"],
  10: ["RSA/SHA-512", "RSASHA512"],
  13: ["ECDSA Curve P-256 with SHA-256", "ECDSAP256SHA256"],
  14: ["ECDSA Curve P-384 with SHA-384", "ECDSAP384SHA384"],
  15: ["Ed25519", "ED25519"],
  16: ["Ed448", "ED448"],
};

/** IANA "DNSSEC Delegation Signer (DS) Resource Record (RR) Type Digest Algorithms". */
export const DIGEST_NAMES: Readonly<Record<string, string>> = { 1: "SHA-1", 2: "SHA-256", 4: "SHA-384" };

/** The tables as Kysely sees them: one type a table, columns as they stand in the database (snake_case, booleans 0 and 1). */
import type { Generated, GeneratedAlways } from "kysely";

type Flag = 0 | 1;

export interface Schema {
  accounts: { id: string; name: string; created_at: number };
  tokens: {
    id: string;
    name: string;
    hash: string;
    status: string;
    created_at: number;
    expires_at: number | null;
    not_before: number | null;
    kind: string;
    user_id: string | null;
    account_id: string | null;
    policies: string;
    condition: string | null;
    modified_at: number;
    used_at: number | null;
  };
  users: {
    id: string;
    email: string;
    name: string;
    role: string;
    password: string | null;
    subject: string | null;
    disabled: Flag;
    created_at: number;
    modified_at: number;
    signed_in_at: number | null;
  };
  sessions: {
    id: string;
    hash: string;
    user_id: string | null;
    token_id: string | null;
    created_at: number;
    used_at: number;
    ends_at: number;
    address: string;
    agent: string;
    way: string;
  };
  zones: {
    id: string;
    account_id: string;
    name: string;
    status: string;
    paused: Flag;
    denial: string;
    secondary_overrides: Flag;
    zonemd: string;
    signature_check: string;
    timers: string;
    expired: string;
    original_name_servers: string | null;
    created_at: number;
    modified_at: number;
    activated_at: number | null;
  };
  catalogs: {
    zone_id: string;
    settings: string;
    applied_serial: number | null;
    applied_at: number | null;
    fault_code: string | null;
    fault_text: string | null;
    created_at: number;
  };
  catalog_members: {
    zone_id: string;
    catalog_id: string;
    node: string;
    group_values: string;
    coo: string | null;
    settled: Flag;
    left_at: number | null;
  };
  zone_dnssec: {
    zone_id: string;
    phase: string;
    modified_at_seconds: number | null;
    parent: string | null;
    parent_at_seconds: number | null;
    multi_signer: Flag;
    presigned: Flag;
    use_nsec3: Flag;
  };
  keys: {
    id: string;
    zone_id: string;
    role: string;
    algorithm: number;
    key_tag: number;
    dnskey: Uint8Array;
    sealed: Uint8Array;
    state: string;
    created_at: number;
  };
  incoming: {
    zone_id: string;
    name: string;
    auto_refresh_seconds: number;
    created_at: number;
    modified_at: number;
  };
  incoming_peers: { zone_id: string; position: number; peer_id: string };
  outgoing: {
    zone_id: string;
    name: string;
    enabled: Flag;
    tls_only: Flag;
    created_at: number;
    modified_at: number;
  };
  outgoing_peers: { zone_id: string; position: number; peer_id: string };
  peers: {
    id: string;
    account_id: string;
    name: string;
    ip: string;
    port: number;
    ixfr_enable: Flag;
    tsig_id: string | null;
  };
  peer_transports: {
    peer_id: string;
    mode: string;
    port: number;
    host_name: string | null;
    pins: string;
    ca: string | null;
    certificate: string | null;
    sealed_key: Uint8Array | null;
    asks_as: string | null;
  };
  tsigs: { id: string; account_id: string; name: string; algo: string; sealed_secret: Uint8Array };
  acls: { id: string; account_id: string; name: string; ip_range: string };
  zone_versions: {
    id: string;
    zone_id: string;
    use: string;
    serial: number;
    image: string;
    overlay: number;
    octets: number;
    transferred_at: number;
    held_code: string | null;
    held_reason: string | null;
  };
  timers: { zone_id: string; name: string; due_at: number };
  zone_documents: { zone_id: string; kind: string; document: string };
  settings: { key: string; value: string };
  transfers: {
    id: Generated<number>;
    zone_id: string;
    peer_id: string | null;
    address: string;
    kind: string;
    reason: string;
    outcome: string;
    started_at: number;
    finished_at: number;
    serial_before: number | null;
    serial_after: number | null;
    messages: number;
    records: number;
    octets: number;
    error_code: string | null;
    error_message: string | null;
    direction: string;
    got: string | null;
    transport: string;
    tls_identity: string | null;
    tsig_key: string | null;
    fallback_code: string | null;
    fallback_message: string | null;
    repeats: number;
  };
  alert_destinations: {
    id: string;
    name: string;
    kind: string;
    settings: string;
    sealed_secret: Uint8Array | null;
    created_at: number;
  };
  alert_policies: { id: string; name: string; enabled: Flag; settings: string; created_at: number };
  alert_deliveries: {
    id: Generated<number>;
    delivery_id: string;
    policy_id: string;
    destination_id: string;
    kind: string;
    zone_id: string | null;
    about: string;
    state: string;
    created_at: number;
    due_at: number | null;
    finished_at: number | null;
    tries: number;
    repeats: number;
    document: string;
    error_code: string | null;
    error_message: string | null;
  };
  analytics: { zone_id: string; step: number; start: number; document: string };
  events: {
    id: Generated<number>;
    at: number;
    zone_id: string | null;
    level: string;
    code: string;
    message: string;
    detail: string;
  };
  audit: {
    id: Generated<number>;
    at: number;
    actor_kind: string;
    actor_id: string;
    actor_name: string;
    address: string;
    action: string;
    resource_id: string | null;
    zone_id: string | null;
    status: number | null;
    /** Made by the database: 0 unfinished, 1 done, 2 refused. */
    outcome: GeneratedAlways<number>;
    /** Made by the database: the first word of the action. */
    word: GeneratedAlways<string>;
    document: string;
  };
  kept_answers: { key: string; request: string; at: number; status: number | null; sealed_body: Uint8Array | null };
}

-- What happened, append only. body is the canonical text that hash was made from, byte for byte.
create table entry (
    tenant   text   not null,
    number   bigint not null check (number > 0),
    document text   not null,
    hash     text   not null check (length(hash) = 64),
    previous text,
    body     text   not null,
    primary key (tenant, number)
);
create index entry_by_document on entry (tenant, document, number);

create function entry_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'entries of the ledger are never changed or deleted';
end $$;
create trigger entry_is_final before update or delete or truncate on entry
    for each statement execute function entry_is_final();

-- The newest entry of each tenant; its row lock puts the tenant's entries in order.
create table head (
    tenant text primary key,
    number bigint not null,
    hash   text
);

-- The fold of each document's entries, and who works on it.
create table case_state (
    tenant      text    not null,
    document    text    not null,
    position    bigint  generated always as identity,
    content     text    not null,
    settled     boolean not null default false,
    summary     text    not null,
    token       bigint  not null default 0,
    lease_owner text,
    lease_until timestamptz,
    primary key (tenant, document)
);
create unique index case_by_arrival on case_state (position);
create index case_by_content on case_state (tenant, content, position);
create index case_unsettled on case_state (position) where not settled;

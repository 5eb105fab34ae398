-- Additive: a worker of the version before goes on beside the new one. What follows from its claims and ends
-- for the new columns, the trigger below does.
set local statement_timeout = 0;

alter table case_state
    -- Urgency; none: normal.
    add column priority    text,
    add column received_at timestamptz not null default now(),
    -- The bell: when it is overdue, before when it is never rung, how often it rang.
    add column ring_after  timestamptz not null default now(),
    add column quiet_until timestamptz,
    add column rings       integer     not null default 0,
    -- The target it is parked for.
    add column parked_for  text,
    add column parked_at   timestamptz,
    -- The same after its release, until somebody claims it.
    add column released_for text,
    -- For figures.
    add column claimed_at  timestamptz,
    add column settled_at  timestamptz,
    add column settled_by  text,
    add column clearing    boolean     not null default false;
-- Room beside each row, so that most changes touch no index.
alter table case_state set (fillfactor = 70);

-- A summary is JSON: this is no part of a text in it, where quotes stand behind a backslash.
update case_state set clearing = true where settled and summary like '%"state":"clearing"%';
update case_state set received_at = substring(entry.body from '"at":"([0-9TZ:.-]+)"')::timestamptz
    from entry
    where not case_state.settled and entry.tenant = case_state.tenant and entry.document = case_state.document
      and entry.number = (select min(number) from entry as first
                          where first.tenant = case_state.tenant and first.document = case_state.document);

create function case_moves() returns trigger language plpgsql as $$
begin
    if new.token <> old.token then
        new.claimed_at := clock_timestamp();
        new.parked_for := null;
        new.parked_at := null;
        new.released_for := null;
        new.quiet_until := null;
        new.ring_after := clock_timestamp();
        new.rings := 0;
    end if;
    if new.settled and not old.settled then
        new.settled_at := clock_timestamp();
        new.settled_by := old.lease_owner;
        new.clearing := new.summary like '%"state":"clearing"%';
    elsif old.settled and not new.settled then
        new.settled_at := null;
        new.settled_by := null;
        new.clearing := false;
        new.quiet_until := null;
        new.ring_after := clock_timestamp();
        new.rings := 0;
    end if;
    return new;
end $$;
create trigger case_moves before update on case_state for each row
    when (new.token <> old.token or new.settled <> old.settled) execute function case_moves();

create index case_due on case_state (ring_after) where not settled and parked_for is null;
create index case_parked on case_state (tenant, parked_for, position) where parked_for is not null;
create index case_released on case_state (tenant, released_for) where released_for is not null;
create index case_settled_at on case_state (settled_at) where settled_at is not null;
create index case_clearing on case_state (tenant) where clearing;

-- The pause of all workers; no row: none.
create table pause (
    one   boolean primary key default true check (one),
    by    text        not null,
    since timestamptz not null default clock_timestamp()
);

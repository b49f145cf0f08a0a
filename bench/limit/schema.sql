-- A row of access carries the start of its event: one index then has a person's events in order.
CREATE TABLE person (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL UNIQUE
);

CREATE TABLE event (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    version integer NOT NULL DEFAULT 1,
    title text NOT NULL,
    description text NOT NULL,
    location text NOT NULL,
    start_time timestamptz NOT NULL,
    end_time timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by bigint NOT NULL REFERENCES person,
    CHECK (end_time > start_time)
);

CREATE TABLE access (
    person_id bigint NOT NULL REFERENCES person,
    event_id bigint NOT NULL REFERENCES event ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
    start_time timestamptz NOT NULL,
    PRIMARY KEY (person_id, event_id)
);
CREATE INDEX access_in_order ON access (person_id, start_time, event_id) INCLUDE (role);
CREATE INDEX access_of_event ON access (event_id);

CREATE TABLE version (
    event_id bigint NOT NULL REFERENCES event ON DELETE CASCADE,
    number integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    by_id bigint NOT NULL REFERENCES person,
    content jsonb NOT NULL,
    PRIMARY KEY (event_id, number)
);

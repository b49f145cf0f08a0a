"""The replay, from the inside out.

`mapping`, `story`, `plan`, `contention` and `predicting` are pure and know what must come out.
`comparing` and `explaining` say how answers differ from that. `client`, `playing`, `crowd`,
`racing` and `checking` talk to the server. `running` has the phases in order, `command` is the
command line.
"""

"""The replay, from the inside out: `mapping` and `plan` are pure and know what must come out,
`comparing` says how answers differ from that, `client`, `playing` and `checking` talk to the
server, `command` is the command line.
"""

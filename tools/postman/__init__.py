"""Makes docs/neofi.postman_collection.json out of the OpenAPI document: `python -m tools.postman`.

Only what Postman, Bruno and Insomnia all import is used: requests, bearer tokens, collection
variables, and tests of `pm.test`, `pm.expect`, `pm.response` and `pm.collectionVariables`.
"""

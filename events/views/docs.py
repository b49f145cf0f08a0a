"""What the OpenAPI document says of the views, kept apart so that the views stay readable."""


def events(view):
    return view


versions = changelog = diff = blame = events

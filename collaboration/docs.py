"""What the OpenAPI document says of the views."""


def share(view):
    return view


permissions = share

"""What stands on a page of the browsable API. It needs no script: its forms are plain HTML.

Knows no app: which template shows an answer is found by the name of its path, and which forms it
has by the view's own serializers and permissions.
"""

"""The root of the API, from which the browsable API starts, and its description."""

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from neofi.views import StrictView


@extend_schema(exclude=True)
class APIRoot(StrictView, APIView):
    """Where things are. Every address below `/api` has a page like this one: it shows what the API
    answers, and has a form for whatever you may do there. Sign in to see your own data.
    """

    name = "API"
    permission_classes = [AllowAny]

    def get(self, request):
        names = {"events": "event-list", "me": "me", "schema": "schema", "docs": "docs"}
        return Response({key: reverse(name, request=request) for key, name in names.items()})


@extend_schema(exclude=True)
class SchemaView(StrictView, SpectacularAPIView):
    """The OpenAPI document: JSON before YAML, because browsers show it."""

    renderer_classes = SpectacularAPIView.renderer_classes[::-1]

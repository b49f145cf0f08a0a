"""The root of the API, from which the browsable API starts, and its description."""

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from neofi.query import check_parameters


@extend_schema(exclude=True)
class APIRoot(APIView):
    """Where things are. Sign in above to try them by hand; /docs describes each."""

    permission_classes = [AllowAny]

    def get(self, request):
        check_parameters(request, known=())
        names = {"events": "event-list", "me": "me", "schema": "schema", "docs": "docs"}
        return Response({key: reverse(name, request=request) for key, name in names.items()})


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """The OpenAPI document: JSON before YAML, because browsers show it."""

    renderer_classes = SpectacularAPIView.renderer_classes[::-1]

    def get(self, request):
        check_parameters(request, known=())
        return super().get(request)

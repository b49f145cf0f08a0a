"""Registering, signing in and out, and one's own profile."""

from http import HTTPStatus

from django.contrib.auth import authenticate
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts import examples, services, throttles
from accounts.authentication import BearerAuthentication
from accounts.models import User
from accounts.refusals import InvalidCredentials
from accounts.serializers import (
    LoginSerializer,
    ProfileSerializer,
    RefreshSerializer,
    RegisterSerializer,
    SignedInSerializer,
    TokenPairSerializer,
    UserSerializer,
)
from accounts.tokens import AccessToken, PastRefreshToken, RefreshToken
from neofi.addresses import client_address
from neofi.parsers import JSONParser, MessagePackParser
from neofi.problems import invalid
from neofi.views import StrictView


class AccountView(StrictView, GenericAPIView):
    """What all of them have in common: a body that is checked whole, and no query parameters."""

    def valid_data(self, **options) -> dict:
        serializer = self.get_serializer(data=self.request.data, **options)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


# A token must not stay behind in a cache (RFC 6749 section 5.1).
@method_decorator(never_cache, name="dispatch")
class SignedOutView(AccountView):
    """For callers who have no access token, or a stale one: `Authorization` is not looked at."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [JSONParser, MessagePackParser]

    def get_authenticate_header(self, request):
        # DRF asks the first authentication class, and without one makes a 401 a 403.
        return BearerAuthentication().authenticate_header(request)

    def signed_in(self, user: User, status: HTTPStatus) -> Response:
        _, token = services.start_session(
            user=user,
            user_agent=self.request.headers.get("User-Agent", ""),
            address=client_address(self.request),
        )
        body = {
            **token_pair(token),
            "token_type": "Bearer",
            "expires_in": int(AccessToken.lifetime.total_seconds()),
            "user": user,
        }
        return Response(SignedInSerializer(body).data, status=status)


def token_pair(token: RefreshToken) -> dict[str, str]:
    return {"access": str(token.access_token), "refresh": str(token)}


class RegisterView(SignedOutView):
    """Make an account. One is signed in at once."""

    serializer_class = RegisterSerializer
    throttle_classes = [throttles.RegisterThrottle]

    @extend_schema(
        operation_id="register",
        tags=["accounts"],
        responses={201: SignedInSerializer, 400: examples.BAD_ACCOUNT},
        examples=[examples.REGISTER, examples.SIGNED_IN],
    )
    def post(self, request):
        user = services.register(**self.valid_data())
        return self.signed_in(user, HTTPStatus.CREATED)


class LoginView(SignedOutView):
    """Sign in with a user name or e-mail address, in JSON, MessagePack or a form."""

    serializer_class = LoginSerializer
    parser_classes = [*SignedOutView.parser_classes, FormParser]
    throttle_classes = throttles.LOGIN

    @extend_schema(
        operation_id="login",
        tags=["accounts"],
        responses={
            200: SignedInSerializer,
            400: examples.BAD_LOGIN,
            401: examples.WRONG_PASSWORD,
        },
        examples=[examples.LOGIN, examples.SIGNED_IN],
    )
    def post(self, request):
        user = authenticate(request._request, **self.valid_data())
        if user is None:
            raise InvalidCredentials
        return self.signed_in(user, HTTPStatus.OK)


class RefreshView(SignedOutView):
    """Exchange a refresh token for a new pair. Each works once: a second use ends the session."""

    serializer_class = RefreshSerializer
    throttle_classes = [throttles.RefreshThrottle, throttles.RefreshAccountThrottle]

    @extend_schema(
        operation_id="refresh",
        tags=["accounts"],
        responses={200: TokenPairSerializer, 401: examples.NO_MORE_USE},
        examples=[examples.REFRESH, examples.TOKEN_PAIR],
    )
    def post(self, request):
        token = RefreshToken.read(self.valid_data()["refresh"])
        return Response(token_pair(services.refresh(token=token)))


class LogoutView(SignedOutView):
    """End the session of a refresh token, also of one that has expired or was used."""

    serializer_class = RefreshSerializer

    @extend_schema(
        operation_id="logout",
        tags=["accounts"],
        responses={204: None, 400: examples.BAD_TOKEN},
        examples=[examples.REFRESH],
    )
    def post(self, request):
        try:
            token = PastRefreshToken.read(self.valid_data()["refresh"])
        except AuthenticationFailed as error:
            raise invalid("refresh", "This is no refresh token.", "token_invalid") from error
        services.log_out(token=token)
        return Response(status=HTTPStatus.NO_CONTENT)


class MeView(AccountView):
    """Your own profile."""

    serializer_class = ProfileSerializer

    @extend_schema(
        operation_id="me",
        tags=["accounts"],
        description="Read one's own profile.",
        responses=UserSerializer,
        examples=[examples.USER],
    )
    def get(self, request):
        """Your profile, as you alone see it."""
        return Response(UserSerializer(request.user).data)

    @extend_schema(
        operation_id="update_me",
        tags=["accounts"],
        description="Change one's own profile. Only the fields that are given change.",
        responses={200: UserSerializer, 400: examples.BAD_PROFILE},
        examples=[examples.PROFILE, examples.USER],
    )
    def patch(self, request):
        """Change your profile. Only the fields that are given change."""
        user = services.update_profile(user=request.user, **self.valid_data(partial=True))
        return Response(UserSerializer(user).data)

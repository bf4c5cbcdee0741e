"""FranceConnect: signing in with an identity that the State has checked, linking it to an account, and leaving.

`client` asks and checks the tokens, `provider` is django-allauth's OpenID Connect with what FranceConnect adds, `kept`
is what a session holds. An account is found by the `sub` alone, never by an e-mail address. `simulator` stands in.
"""

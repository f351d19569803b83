"""Why a PBX was not reached or not believed: what happened, why, what to do next."""

from __future__ import annotations

from hbgui.texts.translation import T

TRANSPORT: dict[str, tuple[str, str, str]] = {
    "name_unknown": (
        T("No address was found for the PBX's name"),
        T("The look-up of {address} brought none: {detail}."),
        T("Check the spelling and the network, or enter the PBX's IP address."),
    ),
    "connection_refused": (
        T("Nothing listens on that port"),
        T("{address}, or a firewall in its place, refused the connection."),
        T("Check the port of the PBX's web page: usually 8088 with https, 80 with http."),
    ),
    "no_route": (
        T("There is no way to the PBX"),
        T("This computer is offline, or it or a router on the way has no route to {address}."),
        T("Check the network cable, Wi-Fi or VPN, and the address."),
    ),
    "no_device": (
        T("No device answers at this address"),
        T(
            "{address} is in this computer's own network, and nothing is there, or a firewall "
            "turns us away."
        ),
        T("Check the address, and that the PBX is on and plugged into this network."),
    ),
    "host_unreachable": (
        T("No device answers at this address, says the network"),
        T(
            "{address} is in another network. This computer, or a router or firewall on the way, "
            "says that no packet gets there."
        ),
        T("Check the address, whether the PBX is on, the router and the VPN."),
    ),
    "connect_forbidden": (
        T("This computer may not connect to the PBX"),
        T(
            "Its own firewall or rules, or with IPv6 one on the way, forbid a connection to "
            "{address}. The system says: {detail}."
        ),
        T("Let hbgui through in this computer's firewall or security program, or on the way."),
    ),
    "connect_failed": (
        T("The connection could not be made"),
        T("No connection to {address} came about. The system says: {detail}."),
        T("Check the address; if it is right, restart this computer."),
    ),
    "zone_unknown": (
        T("Which network adapter leads there is not known"),
        T(
            "{address} needs the name of one of this computer's adapters behind a %. Nothing was "
            "sent."
        ),
        T(
            "Write it as in fe80::1%eth0 (on Windows with the adapter's number), or enter another "
            "address of the PBX."
        ),
    ),
    "adapter_down": (
        T("The chosen network adapter has no address"),
        T("So there is no address to announce to {address}."),
        T("Plug the adapter in, or choose another address."),
    ),
    "connect_timed_out": (
        T("The PBX did not answer"),
        T("No connection to {address} came about in time: the packets vanish."),
        T("Check the address, the network or VPN, and firewalls on the way."),
    ),
    "timed_out": (
        T("The PBX was not done in time"),
        T("{address} took the connection, but gave no whole answer."),
        T("Whether it took the request is not known. Try again; restart the PBX's API."),
    ),
    "timed_out_in_handshake": (
        T("Encryption was not agreed in time"),
        T("{address} took the connection, but said too little. Nothing was sent."),
        T("Check that this is the PBX's https port, usually 8088; then try again."),
    ),
    "connection_lost": (
        T("The connection was cut before an answer came"),
        T(
            "{address}, a firewall or the network on the way ended it. Whether the request was "
            "taken is not known."
        ),
        T(
            "Is this computer blocked? On the PBX: Settings > System > Security > IP Auto Defense "
            "> Blocked IP Address."
        ),
    ),
    "connection_cut_in_handshake": (
        T("The connection was cut while encryption was agreed"),
        T("{address}, a firewall or the network ended it. Nothing was sent."),
        T(
            "Is this computer blocked? On the PBX: Settings > System > Security > IP Auto Defense "
            "> Blocked IP Address."
        ),
    ),
    "tls_too_old": (
        T("The PBX only offers outdated encryption"),
        T("{address} knows no TLS 1.2. Nothing was sent."),
        T("On the PBX: Settings > System > Security > Service, security level High."),
    ),
    "tls_too_new": (
        T("The PBX only offers newer encryption"),
        T("{address} wants TLS 1.3. Nothing was sent."),
        T("Choose the TLS level “modern” for this PBX."),
    ),
    "tls_no_common_version": (
        T("No common version of TLS"),
        T("{address} speaks none that this computer offers. Nothing was sent."),
        T("Update the PBX's firmware, or use http inside a safe network."),
    ),
    "tls_weak_key_exchange": (
        T("The key exchange of the PBX is too weak"),
        T("{address} uses a Diffie-Hellman group that is too small. Nothing was sent."),
        T("Update the PBX's firmware."),
    ),
    "tls_weak_signature": (
        T("The PBX signs the handshake in an outdated way"),
        T(
            "{address} uses a signature algorithm that this TLS level does not take, as SHA-1. "
            "Nothing was sent."
        ),
        T("Update the PBX's firmware."),
    ),
    "tls_no_secure_renegotiation": (
        T("The PBX lacks a protection of TLS"),
        T("{address} does not know secure renegotiation (RFC 5746). Nothing was sent."),
        T("Update the PBX's firmware."),
    ),
    "tls_name_refused": (
        T("The PBX does not know the name that it was called by"),
        T("{address} refused this host name in the handshake. Nothing was sent."),
        T("Enter the PBX by its IP address, or by the name in its certificate."),
    ),
    "tls_off_here": (
        T("This computer offers no encryption at this TLS level"),
        T("Its OpenSSL has switched it off. {address} was sent nothing."),
        T("Choose another TLS level for this PBX."),
    ),
    "tls_no_common_cipher": (
        T("The PBX refused the encryption that was offered"),
        T(
            "{address} does not say why; mostly there is no method that both know. Nothing was "
            "sent."
        ),
        T("Update the PBX's firmware, or use http inside a safe network."),
    ),
    "tls_failed": (
        T("Encryption could not be agreed"),
        T("The handshake with {address} failed: {detail}. Nothing was sent."),
        T("Check that this is the PBX's https port, usually 8088."),
    ),
    "tls_client_certificate": (
        T("The PBX asks for a client certificate"),
        T("{address} wants one, and hbgui has none to show."),
        T("Check that this is the PBX's web port, usually 8088."),
    ),
    "plain_http_on_this_port": (
        T("No encryption on this port"),
        T("{address} speaks plain http. Nothing was sent."),
        T("https is usually on port 8088; or write http:// before it."),
    ),
    "tls_on_this_port": (
        T("This port wants https"),
        T("{address} expects encryption and did not read the request."),
        T("Write https:// before the PBX's address."),
    ),
    "not_http": (
        T("Something else seems to answer on that port"),
        T("What came back from {address} is not HTTP, or broken HTTP."),
        T("Check the port of the PBX's web page, usually 8088."),
    ),
    "answer_too_large": (
        T("The answer is far too large"),
        T("{address} sent more than any PBX does; reading was stopped."),
        T("Check that this is the PBX's web port, usually 8088."),
    ),
    "answer_cut_off": (
        T("The answer was cut off"),
        T("Only a part of it came from {address}, or could be read."),
        T("Whether it took the request is not known. Send another."),
    ),
    "answer_compressed": (
        T("The answer came in a form that was not asked for"),
        T("{address} encoded it ({detail}); a PBX does not do that."),
        T("Check for a proxy on the way, and the port."),
    ),
    "certificate_self_signed": (
        T("The certificate is not trusted"),
        T("{address} shows a certificate that it made itself. Nothing was sent."),
        T("Usual for PBXs: look at the certificate, and trust it for this PBX."),
    ),
    "certificate_unknown_issuer": (
        T("The certificate is not trusted"),
        T("This computer does not know who issued the one of {address}. Nothing was sent."),
        T("Usual for PBXs: look at the certificate, and trust it for this PBX."),
    ),
    "certificate_expired": (
        T("The certificate has run out"),
        T("That of {address}, or its issuer's, is past its date. Nothing was sent."),
        T("Check this computer's date first; then renew it on the PBX, or trust it."),
    ),
    "certificate_not_yet_valid": (
        T("The certificate is not valid yet"),
        T("That of {address}, or its issuer's, begins in the future. Nothing was sent."),
        T("Usually this computer's clock is wrong: check it."),
    ),
    "certificate_wrong_name": (
        T("The certificate is for another name"),
        T("It does not name {address}. Nothing was sent."),
        T("Use the name in the certificate, or look at it and trust it for this PBX."),
    ),
    "certificate_too_weak": (
        T("The certificate is too weak"),
        T("The key of {address} is too short to prove anything."),
        T("Install a new one on the PBX, or look at this one and trust it for this PBX."),
    ),
    "certificate_weak_issuer": (
        T("The certificate's issuer is too weak"),
        T(
            "The key of who issued the one of {address} is too short to prove anything. Nothing "
            "was sent."
        ),
        T("Install a new one on the PBX, or look at this one and trust it for this PBX."),
    ),
    "certificate_weak_signature": (
        T("The certificate's signature is too weak"),
        T("That of {address} is signed in an outdated way, as with SHA-1. Nothing was sent."),
        T("Install a new one on the PBX, or look at this one and trust it for this PBX."),
    ),
    "certificate_untrusted": (
        T("The certificate is not trusted"),
        T("That of {address} did not pass the check: {detail}. Nothing was sent."),
        T("Look at the certificate, and trust it for this PBX."),
    ),
    "certificate_changed": (
        T("This is not the certificate that you trusted"),
        T("Either it was renewed, or something else answers as {address}. Nothing was sent."),
        T("If nobody renewed it or replaced the PBX, do not go on. Compare the two."),
    ),
    "certificate_not_pinned": (
        T("No certificate of this address is trusted yet"),
        T("A pin is for one host and port. {address} got nothing."),
        T("Look at the certificate, and trust it for this PBX."),
    ),
    "proxy_unreachable": (
        T("The way through the proxy failed"),
        T("So {address} was not asked. The system says: {detail}."),
        T("Check the proxy's address, or use none for this PBX."),
    ),
    "proxy_refused_407": (
        T("The proxy wants a login"),
        T("hbgui cannot log in to a proxy. It sent nothing on to {address}: {detail}."),
        T("Use a proxy without a login, or none, for this PBX."),
    ),
    "proxy_refused_5xx": (
        T("The proxy could not connect to the PBX"),
        T("It got no connection to {address}. It says: {detail}."),
        T("Check the PBX's address and whether it is on, or use no proxy for it."),
    ),
    "proxy_has_user": (
        T("A proxy with a password is not supported"),
        T(
            "The system's setting names a user for its proxy, and hbgui cannot log in to one. "
            "{address} was not asked."
        ),
        T("Use a proxy without a login, or none, for this PBX."),
    ),
    "proxy_scheme": (
        T("This kind of proxy is not supported"),
        T(
            "The system's setting names a proxy of the kind {detail}, and hbgui knows plain HTTP "
            "proxies only. {address} was not asked."
        ),
        T("Use an HTTP proxy, or none, for this PBX."),
    ),
    "proxy_malformed": (
        T("The system's proxy setting cannot be read"),
        T("It is no host and port. {address} was not asked."),
        T("Correct the setting, or use no proxy for this PBX."),
    ),
    "proxy_refused": (
        T("The proxy does not let us through to the PBX"),
        T("It did not connect to {address}. It says: {detail}."),
        T("Use no proxy for this PBX, or let its administrator allow that port."),
    ),
}

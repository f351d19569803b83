"""What the help says below the options."""

from __future__ import annotations

EXIT_CODES = """\
exit codes:
  0 done       1 refused by the PBX   2 bad input   3 unreachable or timed out
  4 certificate not trusted   5 no token available   6 unclear answer or redirected
  70 a fault in hbgui itself
"""

WHENCE = """\
token:
  from --token-stdin, else the variable HBGUI_TOKEN, else the profile's entry in the keyring.
  There is no option that takes it: other users of this computer can read a command line.
"""

DIAGNOSE = """\
heartbeat:
  sent when --ip says where reports shall go, or when the PBX of --profile sends them there
  already; else not, since it could take them away from somebody.

"""

LOGIN = (
    """\
password:
  of the API account (Settings > PBX > General > API), not of the web page. From
  --password-stdin, else asked for. The PBX blocks a computer after 5 wrong ones.

token:
  goes into the keyring under --profile, which is made if need be, and nowhere else;
  without --profile it is printed, which --print-token must allow.

"""
    + EXIT_CODES
)

TOP = """\
  hbgui          opens the window
  hbgui --demo   opens it on a simulated PBX, in folders of its own

examples:
  hbgui send --pbx 192.168.5.150 --ip auto --token-stdin < token.txt
  hbgui keep --profile "Hotel Post" --every 10m
  hbgui login --pbx 192.168.5.150 --user api --password-stdin --profile "Hotel Post"
  hbgui trust --pbx 192.168.5.150
  hbgui receive --bind 192.168.5.20 --port 8260 --from 192.168.5.150
  hbgui diagnose --profile "Hotel Post"
  hbgui report --profile "Hotel Post" --out report.html
  hbgui simulate
"""

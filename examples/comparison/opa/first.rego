package bakery

import rego.v1

default outcome := "allow"

outcome := "deny" if {
	count(deny) > 0
} else := "ask" if {
	count(ask) > 0
} else := "revise" if {
	count(revise) > 0
}

ask contains "OFFICIAL" if {
	input.account.kind == "official"
	not "comms" in input.context.approvals
}

deny contains "SEC-1" if input.content.classification != "public"

deny contains "QUIET-1" if {
	"financials" in input.content.topics
	input.context.quiet_period
}

revise contains "DISC-1" if {
	input.content.endorses == "company"
	"employment" in input.content.connection
	input.content.disclosure != "clear"
}

revise contains "PIC-1" if {
	input.content.shows_others
	not input.content.consent
}

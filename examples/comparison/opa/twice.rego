package bakery

import rego.v1

# Every rule is written twice: where it counts, and where it surely does not. What is neither is open.
rules := {"OFFICIAL", "SEC-1", "QUIET-1", "DISC-1", "PIC-1"}

open := rules - (((clear | deny) | ask) | revise)

default outcome := "ask"

outcome := "deny" if {
	count(deny) > 0
} else := "ask" if {
	count(ask | open) > 0
} else := "revise" if {
	count(revise) > 0
} else := "allow"

ask contains "OFFICIAL" if {
	input.account.kind == "official"
	not "comms" in input.context.approvals
}

clear contains "OFFICIAL" if input.account.kind in {"personal", "work_persona", "creator", "community", "none"}

clear contains "OFFICIAL" if "comms" in input.context.approvals

deny contains "SEC-1" if input.content.classification in {"internal", "confidential", "trade_secret", "mnpi"}

clear contains "SEC-1" if input.content.classification == "public"

deny contains "QUIET-1" if {
	"financials" in input.content.topics
	input.context.quiet_period == true
}

clear contains "QUIET-1" if {
	is_array(input.content.topics)
	not "financials" in input.content.topics
}

clear contains "QUIET-1" if input.context.quiet_period == false

revise contains "DISC-1" if {
	input.content.endorses == "company"
	"employment" in input.content.connection
	input.content.disclosure in {"none", "vague", "platform_tool_only"}
}

clear contains "DISC-1" if input.content.endorses in {"none", "rival_negative"}

clear contains "DISC-1" if {
	is_array(input.content.connection)
	not "employment" in input.content.connection
}

clear contains "DISC-1" if input.content.disclosure == "clear"

revise contains "PIC-1" if {
	input.content.shows_others == true
	input.content.consent == false
}

clear contains "PIC-1" if input.content.shows_others == false

clear contains "PIC-1" if input.content.consent == true

package bakery

import rego.v1

# A rule counts unless its harmless case is known: `not` holds of what is undefined, too. The cases are rules of their
# own, since `not x in y` is itself undefined where x is.
default outcome := "allow"

outcome := "deny" if {
	count(deny) > 0
} else := "ask" if {
	count(ask) > 0
} else := "revise" if {
	count(revise) > 0
}

ask contains "OFFICIAL" if {
	not private
	not approved
}

private if input.account.kind in {"personal", "work_persona", "creator", "community", "none"}

approved if "comms" in input.context.approvals

deny contains "SEC-1" if not input.content.classification == "public"

deny contains "QUIET-1" if {
	not without_figures
	not input.context.quiet_period == false
}

without_figures if {
	is_array(input.content.topics)
	not "financials" in input.content.topics
}

revise contains "DISC-1" if {
	not without_praise
	not without_tie
	not input.content.disclosure == "clear"
}

without_praise if input.content.endorses in {"none", "rival_negative"}

without_tie if {
	is_array(input.content.connection)
	not "employment" in input.content.connection
}

revise contains "PIC-1" if {
	not input.content.shows_others == false
	not input.content.consent == true
}

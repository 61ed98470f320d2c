/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The alert of linxcap's own rule about interference with the recording. */
#ifndef LINXCAP_TAMPER_ALERT_H
#define LINXCAP_TAMPER_ALERT_H

#include "alert/alerts.h"
#include "trace/alert_origin.h"

/* Raises the alert if the event is LINX_EVENT_TAMPER. outside: as in struct alert. */
void tamper_alert_raise(struct alerts *a, const struct alert_origin *o, const struct linx_event *ev, bool outside);

#endif

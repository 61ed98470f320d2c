-- SPDX-License-Identifier: LGPL-2.1-or-later
-- wrk: four requests at a time on each connection.
init = function()
	local one = wrk.format("GET", "/wrk.html")
	all = one .. one .. one .. one
end
request = function()
	return all
end

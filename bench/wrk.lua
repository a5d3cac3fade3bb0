-- Gives wrk the body (wrk's command line cannot) and prints what run.mjs reads: one line of JSON.
wrk.method = os.getenv('BENCH_METHOD')

local body_file = os.getenv('BENCH_BODY_FILE')
if body_file then
  local file = assert(io.open(body_file, 'rb'))
  wrk.body = file:read('*a')
  file:close()
end

-- Paths for requests at random. wrk seeds every run alike, so the runs of a round ask for the same ones.
local paths_file = os.getenv('BENCH_PATHS_FILE')
if paths_file then
  local paths = {}
  for line in io.lines(paths_file) do paths[#paths + 1] = line end
  function request ()
    return wrk.format(nil, paths[math.random(#paths)])
  end
end

function done (summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'BENCH {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,' ..
    '"non_2xx":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end

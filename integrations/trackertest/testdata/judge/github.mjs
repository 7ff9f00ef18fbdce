// What @octokit/rest believes of a GitHub.
import { Octokit } from '@octokit/rest';

const { TRACKER_URL: baseUrl, TRACKER_TOKEN: auth } = process.env;
const tell = (...what) => console.log(what.map(String).join(' '));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const octokit = new Octokit({ auth, baseUrl, log: quiet });
const api = { owner: 'acme', repo: 'api' };
const refused = async (what, promise) => {
  const { name, status, response } = await promise.then(() => ({}), (e) => e);
  const { message, errors = [] } = response?.data ?? {};
  tell(what, name, status, message, ...errors.map((e) => `${e.field}:${e.code}`));
  return response?.headers ?? {};
};

const repo = await octokit.rest.repos.get(api);
tell('repo', repo.data.full_name, repo.data.has_issues, repo.data.permissions.pull);
const { status, data: made } = await octokit.rest.issues.create({ ...api, title: 'one', body: 'b', labels: ['x', 'y'] });
tell('made', status, made.number, made.state, made.labels.map((l) => l.name).join('+'), made.html_url.endsWith('/acme/api/issues/1'));
for (let n = 2; n <= 12; n++) await octokit.rest.issues.create({ ...api, title: `${n}` });
const all = await octokit.paginate(octokit.rest.issues.listForRepo, { ...api, state: 'all', per_page: 5 });
tell('listed', all.map((i) => i.number).join(','));
const { data: one } = await octokit.rest.issues.get({ ...api, issue_number: 1 });
tell('got', one.title, one.body, one.state_reason, one.closed_at);
await refused('no title', octokit.rest.issues.create({ ...api, title: '' }));
await refused('no such issue', octokit.rest.issues.get({ ...api, issue_number: 99 }));
await refused('no such repository', octokit.rest.repos.get({ owner: 'acme', repo: 'other' }));
await refused('bad token', new Octokit({ auth: 'other', baseUrl, log: quiet }).rest.repos.get(api));
tell('wait for me');
await new Promise((go) => process.stdin.once('data', go));
const headers = await refused('limited', octokit.rest.repos.get(api));
tell('limit', headers['x-ratelimit-remaining'], Number(headers['x-ratelimit-reset']) > Date.now() / 1000);
process.exit();

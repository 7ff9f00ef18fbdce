// What jira.js believes of a Jira Cloud.
import { Version3Client } from 'jira.js';

const { TRACKER_URL: host, TRACKER_EMAIL: email, TRACKER_TOKEN: apiToken } = process.env;
const tell = (...what) => console.log(what.map(String).join(' '));
const client = (apiToken) => new Version3Client({ host, authentication: { basic: { email, apiToken } } });
const jira = client(apiToken);
const refused = async (what, promise) => {
  const e = await promise.then(() => ({}), (e) => e);
  const body = e.cause?.response?.data ?? {};
  tell(what, e.constructor.name, e.status, JSON.stringify(body.errorMessages), JSON.stringify(body.errors));
  return e;
};
const text = (text) => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] });
const fields = (summary, more) => ({ fields: { project: { key: 'API' }, issuetype: { name: 'Task' }, summary, description: text('d'), ...more } });

tell('me', (await jira.myself.getCurrentUser()).displayName);
tell('project', (await jira.projects.getProject({ projectIdOrKey: 'API' })).key);
tell('may', (await jira.permissions.getMyPermissions({ projectKey: 'API', permissions: 'CREATE_ISSUES' })).permissions.CREATE_ISSUES.havePermission);
tell('types', (await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'API' })).issueTypes.map((t) => t.name).join('+'));
const made = await jira.issues.createIssue(fields('one', { labels: ['x', 'y'] }));
tell('made', made.id, made.key);
for (let n = 2; n <= 12; n++) await jira.issues.createIssue(fields(`${n}`));
const keys = [];
let nextPageToken;
do {
  const jql = 'project = "API" AND created >= "-60m" ORDER BY created DESC';
  const page = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost({ jql, fields: ['summary'], maxResults: 5, nextPageToken });
  keys.push(...page.issues.map((i) => i.key));
  ({ nextPageToken } = page);
} while (nextPageToken);
tell('listed', keys.join(','));
const { fields: one } = await jira.issues.getIssue({ issueIdOrKey: 'API-1' });
tell('got', one.summary, one.description.content[0].content[0].text, one.status.statusCategory.key, one.resolution);
await refused('no summary', jira.issues.createIssue(fields('')));
await refused('bad label', jira.issues.createIssue(fields('x', { labels: ['a b'] })));
await refused('bad type', jira.issues.createIssue(fields('x', { issuetype: { name: 'Story' } })));
await refused('no such issue', jira.issues.getIssue({ issueIdOrKey: 'API-99' }));
await refused('no such project', jira.projects.getProject({ projectIdOrKey: 'OTHER' }));
await refused('old search', jira.issueSearch.searchForIssuesUsingJql({ jql: 'project = "API"' }));
await refused('bad token', client('other').myself.getCurrentUser());
tell('wait for me');
await new Promise((go) => process.stdin.once('data', go));
const e = await refused('limited', jira.myself.getCurrentUser());
tell('limit', Number(e.cause.response.headers['retry-after']) > 0, new Date(e.cause.response.headers['x-ratelimit-reset']) > new Date());
process.exit();

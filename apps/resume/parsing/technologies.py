"""Names of technologies, to find them in sentences and to know where one ends."""

import re

_NAMES = """
python|java|javascript|typescript|c|c++|c#|go|golang|rust|kotlin|swift|ruby|php|scala|r|perl|lua|dart|haskell|elixir|erlang|clojure|f#|julia|matlab|groovy|objective-c|bash|shell|powershell|sql|pl/sql|t-sql|plsql|html|html5|css|css3|sass|scss|less|xml|json|yaml|graphql|assembly|verilog|vhdl|solidity|cobol|fortran|vba|visual basic|vb.net|ocaml|zig|prolog|lisp|scheme|delphi|latex|markdown|jsp|ajax|es6|jpa|html/css
|react|react.js|reactjs|react native|react query|react hooks|react-query|next.js|nextjs|vue|vue.js|vuejs|vuex|nuxt|nuxt.js|angular|angularjs|angular.js|svelte|sveltekit|ember|backbone.js|jquery|redux|redux toolkit|redux-saga|mobx|recoil|zustand|tanstack query|bootstrap|tailwind|tailwind css|tailwindcss|material ui|mui|material-ui|styled-components|styled components|emotion|ant design|chakra ui|storybook|webpack|vite|babel|eslint|prettier|rollup|gulp|d3|d3.js|three.js|webgl|pwa|electron|gatsby|remix|astro|thymeleaf|handlebars
|node|node.js|nodejs|express|express.js|expressjs|nestjs|nest.js|koa|fastify|deno|bun|socket.io|django|django rest framework|drf|flask|fastapi|tornado|celery|sqlalchemy|pydantic|spring|spring boot|springboot|spring mvc|spring security|spring data jpa|spring data|spring cloud|spring batch|spring webflux|webflux|hibernate|mybatis|querydsl|struts|gradle|maven|tomcat|ruby on rails|rails|sinatra|laravel|symfony|codeigniter|asp.net|asp.net core|.net|.net core|.net framework|entity framework|gin|fiber|echo|actix|phoenix|ktor|grpc|rest|rest api|rest apis|restful api|restful apis|restful|soap|websocket|websockets|webrtc|stomp|oauth|oauth2|oauth 2.0|jwt|prisma|typeorm|sequelize|mongoose|gorm|trpc|apollo|swagger|openapi|postman|jdbc|servlet|netty
|mysql|postgresql|postgres|mariadb|oracle|oracle db|oracle database|mssql|ms sql|sql server|ms-sql|mssql server|microsoft sql server|sqlite|mongodb|redis|cassandra|dynamodb|elasticsearch|opensearch|neo4j|couchdb|influxdb|firebase|firestore|supabase|hbase|memcached|snowflake|bigquery|redshift|clickhouse|cockroachdb|nosql|rdbms|realm|h2|tibero|db2|presto|athena|hive|cubrid|timescaledb|pinecone|milvus|qdrant|faiss
|aws|amazon web services|gcp|google cloud|google cloud platform|azure|microsoft azure|ncp|naver cloud|heroku|netlify|vercel|digitalocean|cloudflare|ec2|s3|rds|lambda|aws lambda|aws ec2|aws s3|aws rds|ecs|eks|gke|aks|fargate|cloudfront|route 53|route53|sqs|sns|kinesis|cloudwatch|iam|elastic beanstalk|api gateway|code deploy|codedeploy|codepipeline|docker|docker compose|docker-compose|docker swarm|kubernetes|k8s|helm|istio|terraform|ansible|puppet|chef|vagrant|packer|jenkins|github actions|gitlab ci|gitlab ci/cd|gitlab-ci|travis ci|travis|circleci|circle ci|argocd|argo cd|bamboo|teamcity|ci/cd|nginx|apache|haproxy|linux|ubuntu|centos|debian|unix|windows|macos|red hat|rhel|prometheus|grafana|loki|datadog|new relic|sentry|splunk|elk|elk stack|elastic stack|logstash|kibana|fluentd|pinpoint|scouter|zipkin|jaeger|opentelemetry|kafka|apache kafka|rabbitmq|activemq|zookeeper|nats|mqtt|zeromq|consul|vault|sonarqube|nexus|artifactory|openstack|vmware|proxmox|pagerduty
|hadoop|spark|apache spark|pyspark|airflow|apache airflow|flink|beam|nifi|databricks|dbt|tableau|power bi|looker|superset|redash|pandas|numpy|scipy|scikit-learn|sklearn|scikit learn|tensorflow|pytorch|keras|xgboost|lightgbm|catboost|opencv|nltk|spacy|gensim|huggingface|hugging face|transformers|langchain|llm|llms|openai|onnx|tensorrt|cuda|mlflow|kubeflow|wandb|jupyter|matplotlib|seaborn|plotly|dask|polars|machine learning|deep learning|nlp|computer vision|bert|gpt|rag|vllm|triton|yolo|jax|selenium|beautifulsoup|scrapy|puppeteer|playwright|cypress|jest|mocha|chai|junit|junit5|mockito|testng|pytest|unittest|rspec|enzyme|jasmine|karma|testing library|react testing library|msw|vitest|k6|jmeter|locust|ngrinder|cucumber|appium|kotest|tdd|bdd|ddd
|git|github|gitlab|bitbucket|svn|subversion|mercurial|jira|confluence|slack|notion|trello|asana|figma|sketch|zeplin|adobe xd|photoshop|illustrator|vs code|vscode|visual studio|visual studio code|intellij|intellij idea|eclipse|pycharm|webstorm|android studio|xcode|vim|emacs|netbeans|datagrip|agile|scrum|kanban|discord|teams|sourcetree|microsoft office|excel|powerpoint|word|arduino|raspberry pi
|android|ios|flutter|swiftui|uikit|rxswift|rxjava|rxjs|combine|jetpack compose|jetpack|compose|coroutine|coroutines|coroutines flow|retrofit|retrofit2|okhttp|dagger|hilt|dagger-hilt|koin|room|mvvm|mvp|mvc|mvi|clean architecture|ionic|xamarin|cordova|expo|cocoapods|fastlane|alamofire|snapkit|core data|tca|glide|coil|viper|unity|unreal|unreal engine|godot|opengl|directx|vulkan|qt|mfc|winform|wpf|ros|ros2|freertos|rtos|embedded|stl|boost|cmake|qml|tcp/ip|http|https|microservices|msa|serverless|event driven|oop|data structures|algorithms|blockchain|ethereum|web3|web3.js|ethers.js|hardhat|a/b testing|ui/ux|seo|grafana k6|tanstack|shadcn|shadcn/ui|pnpm|yarn|npm|turborepo|nx|lerna|monorepo|axios|lodash|immer|formik|zod|yup|react hook form|react-hook-form|framer motion|gsap|chart.js|chartjs|highcharts|leaflet|mapbox|apollo client|relay|hasura|strapi|wordpress|drupal|magento|shopify|salesforce|apex|sap|abap|servicenow|nexacro|xplatform|egov|egovframework|전자정부프레임워크|websquare|jeus|weblogic|websphere|jboss|toad|putty|filezilla|erwin
"""
KNOWN = frozenset(name.strip() for name in _NAMES.replace("\n", "|").split("|") if name.strip())
# One-letter names and everyday words need a list around them; a sentence does not tell.
_EVERYDAY = frozenset(
    "c r go less rest node express echo chef salt word excel teams room compose combine fiber phoenix realm vault beam relay "
    "spring rails notion sketch coil glide boost apex dart shell bamboo nest word windows embedded scheme emotion remix "
    "fastify consul looker puppet spark swift rust oracle slack express unity agile rag".split()
)
_FIRST = "".join(sorted({re.escape(name[0]) for name in KNOWN}))
_PATTERN = re.compile(
    # Most characters begin none of them, and are passed by at once.
    rf"(?<![A-Za-z0-9.+#_-])(?=[{_FIRST}])(?:"
    + "|".join(
        re.escape(name).replace(r"\ ", r"\s+") for name in sorted(KNOWN, key=len, reverse=True)
    )
    + r")(?![A-Za-z0-9+#_])",
    re.IGNORECASE,
)


def known_in(text: str) -> list[tuple[int, int]]:
    """Begin and end of each technology named in `text`; everyday words only if capitalised."""
    return [
        found.span()
        for found in _PATTERN.finditer(text)
        if found.group().lower() not in _EVERYDAY or found.group()[0].isupper()
    ]
